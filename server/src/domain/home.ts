/** What a server begins with: one tenant, one site. */
export const HOME = { tenant: 'home', tenantName: 'Home', prefix: 'HOME', site: 'home', siteName: 'Home' } as const;
