// What people do about alerts, one or many: shown when the server has done it. What it refuses is told where it was asked for.
import type { AlertView } from '@fettle/shared/api/alert.schema';
import { useMutation, useQueryClient } from '@tanstack/react-query';

import { isSignedOut, postJson } from './api.ts';
import { putAlert } from './cache.ts';
import { useDeck } from './deck.ts';

export type AlertCall = {
  readonly verb: 'ack' | 'snooze' | 'unsnooze' | 'assign' | 'mute' | 'unmute';
  readonly body?: object;
  /** "snoozed until 16:00", of one or of many. */
  readonly done: string;
};

export type Refusal = { readonly alert: AlertView; readonly error: unknown };

type Asked = { readonly alerts: readonly AlertView[]; readonly call: AlertCall };

/** Resolves to what was refused; nothing is tried twice. */
export const useAlertCall = () => {
  const client = useQueryClient();
  const { notices } = useDeck();
  return useMutation({
    mutationFn: async ({ alerts, call: { verb, body } }: Asked) => {
      const refused: Refusal[] = [];
      for (const alert of alerts) {
        try {
          putAlert(client, await postJson<AlertView>(`/alerts/${encodeURIComponent(alert.id)}/${verb}`, body));
        } catch (error) {
          if (isSignedOut(error)) throw error;
          refused.push({ alert, error });
        }
      }
      return refused;
    },
    onSuccess: (refused, { alerts, call: { done } }) => {
      const count = alerts.length - refused.length;
      if (count === 1) notices.done(`${titleOf(alerts, refused)} is ${done}.`);
      if (count > 1) notices.done(`${count} alerts are ${done}.`);
      void client.invalidateQueries({ queryKey: ['alerts', 'explain'] });
    },
  });
};

const titleOf = (alerts: readonly AlertView[], refused: readonly Refusal[]): string => {
  const done = alerts.find((alert) => refused.every(({ alert: { id } }) => id !== alert.id));
  return done === undefined ? 'The alert' : `${done.title} on ${done.deviceName}`;
};
