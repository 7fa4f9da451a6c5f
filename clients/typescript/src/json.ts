/** Reads members of answers, and says what is wrong with those that are not what they should be (BadAnswer). */
import { BadAnswer } from "./errors.js";

export type Raw = Readonly<Record<string, unknown>>;

export function asObject(value: unknown, what: string): Raw {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new BadAnswer(`${what} is not an object`);
  return value as Raw;
}

export function listOf(raw: Raw, name: string): readonly unknown[] {
  const value = raw[name];
  if (!Array.isArray(value)) throw new BadAnswer(`${name} of the answer is not a list`);
  return value;
}

export function text(raw: Raw, name: string): string {
  const value = raw[name];
  if (typeof value !== "string") throw new BadAnswer(`${name} of the answer is not a text`);
  return value;
}

export function textOrNull(raw: Raw, name: string): string | null {
  return raw[name] === null || raw[name] === undefined ? null : text(raw, name);
}

export function number(raw: Raw, name: string): number {
  const value = raw[name];
  if (typeof value !== "number") throw new BadAnswer(`${name} of the answer is not a number`);
  return value;
}

export function flag(raw: Raw, name: string): boolean {
  const value = raw[name];
  if (typeof value !== "boolean") throw new BadAnswer(`${name} of the answer is not true or false`);
  return value;
}

export function moment(raw: Raw, name: string): Date {
  const at = new Date(text(raw, name));
  if (Number.isNaN(at.getTime())) throw new BadAnswer(`${name} of the answer is not a time`);
  return at;
}
