import Header from '@cloudscape-design/components/header';
import { Component, type ReactNode } from 'react';
import { useLocation } from 'react-router';
import { Failure } from '../parts/failure.tsx';
import { Page } from './page.tsx';

type State = { readonly error: unknown };

/** Catches what a page throws; React has no hook for it. */
class Catch extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: undefined };
  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }
  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return (
      <Page title="Something failed">
        <Header variant="h1">Something failed</Header>
        <Failure what="This page" error={this.state.error} retry={() => window.location.reload()} />
      </Page>
    );
  }
}

/** A page that fails shows why; going to another page leaves the failure behind. */
export const Boundary = ({ children }: { children: ReactNode }) => (
  <Catch key={useLocation().pathname}>{children}</Catch>
);
