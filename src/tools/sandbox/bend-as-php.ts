import { isSet } from './json-set.ts';
import { objectTypes, type FieldType } from './object-types.ts';

/**
 * A value as PHP's loose types make it before anything is checked; what it cannot mean stays as it is, and is refused. PHP itself would
 * take `(int)"abc"` for 0; whether Microbizz does is unknown.
 */
export function bendAsPhp(type: FieldType, value: unknown): unknown {
  if (Object.hasOwn(objectTypes, type) || type === 'set')
    return value === null || (Array.isArray(value) && value.length === 0) ? {} : value;
  if (type.startsWith('collection')) return value === null ? [] : isSet(value) ? Object.values(value) : value;
  return bendScalar(type, value);
}

function bendScalar(type: FieldType, value: unknown): unknown {
  switch (type) {
    case 'number':
    case 'float':
      if (value === null || value === '' || typeof value === 'boolean') return Number(value);
      return typeof value === 'string' && isNumeric.test(value) ? toNumber(type, Number(value)) : value;
    case 'boolean':
      return value === null || value === '' ? false : value;
    case 'date':
      return value === null ? '' : spellDots(value);
    case 'binary':
      return value;
    default:
      if (value === null || value === false) return '';
      return value === true ? '1' : typeof value === 'number' ? String(value) : value;
  }
}

/** What PHP's is_numeric takes: blanks around are none of the number. */
const isNumeric = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** (int) cuts off, it does not round. */
function toNumber(type: FieldType, number: number): number {
  return type === 'number' ? Math.trunc(number) : number;
}

/** 1.2.2020: a date to PHP's strtotime, and in no form of Ventu's page. */
function spellDots(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/^(\d{1,2})\.(\d{1,2})\.(\d{4})$/, '$1-$2-$3') : value;
}
