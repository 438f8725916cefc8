// The gate of a Weir whose file says nothing: for tests that are about something else.
import { Gate, type GateRules } from '../../src/admission/gate.ts';
import { IN_THE_FILE } from '../../src/admission/remedies.ts';
import { ENTRY_RULES_DEFAULT } from '../../src/model/config.ts';

/** A gate with these rules, as the file would have them. */
export function gateWith(rules: Partial<GateRules> = {}): Gate {
  return new Gate({
    ...ENTRY_RULES_DEFAULT,
    listenHost: '127.0.0.1',
    remedies: IN_THE_FILE,
    ...rules,
  });
}

export const TEST_GATE = gateWith();
