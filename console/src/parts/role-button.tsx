import Button, { type ButtonProps } from '@cloudscape-design/components/button';
import { type Role, refusalFor } from '../session/person.ts';
import { useSession } from '../session/session.tsx';

type Props = ButtonProps & {
  /** Who may do it: any of these. */
  readonly roles: readonly Role[];
  /** A further reason why it cannot be done now. */
  readonly refusal?: string | undefined;
};

/** A button for an action; where it may not be done it is disabled and says why. */
export const RoleButton = ({ roles, refusal, ...button }: Props) => {
  const reason = refusalFor(useSession().person, roles) ?? refusal;
  return <Button wrapText={false} {...button} {...(reason ? { disabled: true, disabledReason: reason } : {})} />;
};
