import CloudscapeLink from '@cloudscape-design/components/link';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';

type Props = { readonly to: string; readonly children: ReactNode; readonly label?: string };

/** A link inside the console: the address is real, so that it can be opened elsewhere. */
export const Link = ({ to, children, label }: Props) => {
  const navigate = useNavigate();
  return (
    <CloudscapeLink
      href={to}
      {...(label ? { ariaLabel: label } : {})}
      onFollow={(event) => {
        // Fired for a plain click only; with a modifier the browser opens the address itself.
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </CloudscapeLink>
  );
};
