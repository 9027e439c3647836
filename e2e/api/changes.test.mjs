// A change that breaks clients is found by name, and passes only when it is acknowledged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changes } from './changes.mjs';

const RELEASED = 'type Query { a(x: Int): Int! b: String } enum Color { RED }';

test('what breaks clients is named, and what may surprise them', () => {
  const now = 'type Query { a(x: Int!): Int } enum Color { RED BLUE }';
  const { breaking, dangerous, stale } = changes(RELEASED, now, '');
  assert.deepEqual(breaking.sort(), [
    'ARG_CHANGED_KIND Query.a arg x has changed type from Int to Int!.',
    'FIELD_CHANGED_KIND Query.a changed type from Int! to Int.',
    'FIELD_REMOVED Query.b was removed.',
  ]);
  assert.deepEqual(dangerous, ['VALUE_ADDED_TO_ENUM BLUE was added to enum type Color.']);
  assert.deepEqual(stale, []);
});

test('what is acknowledged passes, and what is acknowledged in vain is told', () => {
  const now = 'type Query { a(x: Int): Int! } enum Color { RED }';
  const line = 'FIELD_REMOVED Query.b was removed.';
  assert.deepEqual(changes(RELEASED, now, `# why\n${line}\n`), { breaking: [], dangerous: [], stale: [] });
  assert.deepEqual(changes(RELEASED, RELEASED, line).stale, [line]);
});

test('more for clients breaks none of them', () => {
  const now = 'type Query { a(x: Int, y: Int): Int! b: String c: Int } enum Color { RED }';
  assert.deepEqual(changes(RELEASED, now, '').breaking, []);
});
