import { z } from 'zod';

type Shape = Readonly<Record<string, z.ZodType>>;

/** The parts of an entry of the table besides its fields. */
interface About<Items extends string> {
  readonly description: string;
  /** Where it is documented. */
  readonly source: string;
  /** The questions that the documentation leaves open. */
  readonly note?: string;
  /** It changes nothing, so it may be sent again. */
  readonly reads?: true;
  /** It answers in parts: the field of the answer that has the items. */
  readonly paged?: { readonly items: Items };
}

/** One command as it is documented. Of its output only collections are sure to be there: `[]` when Microbizz sends none. */
export function command<I extends Shape, O extends Shape, Items extends string = never>(
  definition: About<Items> & { readonly input: I; readonly output: O },
) {
  return { ...definition, input: z.looseObject(definition.input), output: z.looseObject(definition.output) };
}
