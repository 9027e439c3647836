// Checks that every example tab of GraphiQL is valid against schema.graphql.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { buildSchema, parse, validate } from 'graphql';
import { examples } from './examples.mjs';

const sdl = await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8');
const schema = buildSchema(sdl);

for (const query of examples) {
  const document = parse(query);
  const names = document.definitions.map((definition) => definition.name.value);
  test(`the example ${names.join(' and ')} is valid`, () => {
    assert.deepEqual(validate(schema, document), []);
  });
}
