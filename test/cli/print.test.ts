import { expect, onTestFinished, test, vi } from 'vitest';
import { printError, printJson, printLine } from '../../src/tools/cli/print.ts';

test('bytes are shown as base64, and no control character reaches the terminal', () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  onTestFinished(() => {
    write.mockRestore();
  });
  const value = { bytes: Uint8Array.of(0, 255), text: 'a\u001b[2Jb\u009b2Jc\u007f' };
  printJson(value);
  printLine(value.text);
  const [json = '', line] = write.mock.calls.map(([text]) => String(text));
  expect(JSON.parse(json)).toEqual({ ...value, bytes: 'AP8=' });
  expect(json.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  expect(line).toBe('a [2Jb 2Jc \n');
});

test('an error keeps its lines, and none of Microbizz’ control characters', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => {
    write.mockRestore();
  });
  printError('one\nMicrobizz refused Echo: "\u001b]0;x\u0007"');
  expect(write.mock.calls).toEqual([['one\nMicrobizz refused Echo: " ]0;x "\n']]);
});
