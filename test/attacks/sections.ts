import type { Section } from './attack.ts';
import { events } from './events.ts';
import { fds } from './fds.ts';
import { files } from './files.ts';
import { forwards } from './forwards.ts';
import { freeze } from './freeze.ts';
import { hosts } from './hosts.ts';
import { install } from './install.ts';
import { limits } from './limits.ts';
import { microbizzSection } from './microbizz.ts';
import { pages } from './pages.ts';
import { queriesSection } from './queries.ts';
import { shapes } from './shapes.ts';
import { takeover } from './takeover.ts';
import { writes } from './writes.ts';

export const sections: readonly Section[] = [
  ...[install, hosts, takeover, limits, events, shapes, freeze, queriesSection, pages, forwards],
  ...[writes, fds, microbizzSection, files],
];
