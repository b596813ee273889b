import Button, { type ButtonProps } from '@cloudscape-design/components/button';
import { type Role, refusalFor } from '../session/person.ts';
import { useSession } from '../session/session.tsx';

type Props = ButtonProps & {
  /** Who may do it: any of these. */
  readonly roles: readonly Role[];
  /** A nearer reason why it cannot be done, told before a missing role. */
  readonly refusal?: string | undefined;
};

/** A button for an action; where it may not be done it is disabled and says why. */
export const RoleButton = ({ roles, refusal, ...button }: Props) => {
  const { person } = useSession();
  const reason = refusal ?? refusalFor(person, roles);
  return <Button wrapText={false} {...button} {...(reason ? { disabled: true, disabledReason: reason } : {})} />;
};
