/** The words of a step; what stands between backquotes is a command. Nothing else is markup: it is shown as it is. */
export const StepText = ({ text }: { readonly text: string }) => (
  <>
    {text.split('`').map((part, at) =>
      at % 2 === 1 ? (
        <code key={at} className="rounded bg-raised px-1 py-0.5 font-mono text-xs">
          {part}
        </code>
      ) : (
        part
      ),
    )}
  </>
);
