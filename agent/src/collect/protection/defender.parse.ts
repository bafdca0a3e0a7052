import { isRecord, parseJson } from '../json.parse.ts';

/**
 * `mdatp health --output json` (Microsoft, "Investigate agent health issues": real_time_protection_enabled): does it scan
 * what is opened? Values that a policy can set are objects with the value inside. @returns undefined where it does not say
 */
export const parseDefender = (text: string): boolean | undefined => {
  const health = parseJson(text);
  if (!isRecord(health)) return undefined;
  const said = health['realTimeProtectionEnabled'] ?? health['real_time_protection_enabled'];
  const value = isRecord(said) ? said['value'] : said;
  return typeof value === 'boolean' ? value : undefined;
};
