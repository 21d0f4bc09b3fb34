/** Go's type of an event. Source: `moby: api/types/events/events.go`. */
import { type GoStruct, goInt64, goString } from '../go-template/go-value.ts';
import { keyed, stringMap, struct } from './struct.ts';

/** `docker events` hands templates a pointer to it. */
export const eventType: GoStruct = {
  ...struct('events.Message', {
    Status: keyed('status', goString, true),
    ID: keyed('id', goString, true),
    From: keyed('from', goString, true),
    Type: goString,
    Action: goString,
    Actor: struct('events.Actor', { ID: goString, Attributes: stringMap }),
    Scope: keyed('scope', goString, true),
    Time: keyed('time', goInt64, true),
    TimeNano: keyed('timeNano', goInt64, true),
  }),
  name: '*events.Message',
};
