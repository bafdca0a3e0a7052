// On whose behalf something is asked or done. First argument of every query and event; what it may see is decided here and nowhere else.

export type Actor =
  | {
      readonly kind: 'person';
      readonly id: string;
      readonly name: string;
      readonly role: 'owner';
      readonly tenants: 'all' | readonly string[];
    }
  | { readonly kind: 'agent'; readonly id: string; readonly name: string; readonly tenants: readonly [string] }
  | { readonly kind: 'system'; readonly id: 'system'; readonly name: string; readonly tenants: 'all' };

export const SYSTEM: Actor = { kind: 'system', id: 'system', name: 'Fettle', tenants: 'all' };

export const maySee = ({ tenants }: Actor, tenant: string): boolean => tenants === 'all' || tenants.includes(tenant);
