// What a rule of a test has beside what the test is about.

export const plain = {
  family: 'r',
  title: 'R',
  scope: {},
  graceMs: 0,
  urgency: ['low', 'low'],
  ticket: { atOnce: [] },
  text: '',
  steps: [],
} as const;
