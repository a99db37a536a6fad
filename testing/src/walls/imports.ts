/** One `import`, `export … from` or `import()` of a file. */
export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/**
 * Finds a file's imports by pattern. TypeScript 7 offers no parser to programs, and the few shapes an import can take
 * do not need one, as long as comments are taken out first.
 */
export function findImports(source: string): Import[] {
  const code = withoutComments(source);
  const statement =
    /(?:^|[;}\s])(import|export)\s+(type\s+)?(?:[\w*$\s{},]+?\s*from\s*)?(['"])([^'"\n]+)\3/g;
  const dynamic =
    /\b(?:import|require|require\.resolve|import\.meta\.resolve)\s*\(\s*(['"`])([^'"`$\n]+)\1/g;
  return [
    ...[...code.matchAll(statement)].map((match) => ({
      specifier: match[4] as string,
      typeOnly: match[2] !== undefined,
    })),
    ...[...code.matchAll(dynamic)].map((match) => ({
      specifier: match[2] as string,
      typeOnly: false,
    })),
  ];
}

/** Strings are matched first, so that a `//` inside one is not taken for a comment. */
function withoutComments(source: string): string {
  const stringOrComment =
    /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")|\/\*[\s\S]*?\*\/|(^|[^:\\])\/\/[^\n]*/g;
  return source.replace(
    stringOrComment,
    (_, text: string | undefined, before: string | undefined) => text ?? before ?? '',
  );
}
