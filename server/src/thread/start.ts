// Both threads, and the doors to them.
import type { FeedEvent } from '@fettle/shared/api/feed.schema';

import type { Ask } from '../store/questions.ts';
import { createAsker } from './asker.ts';
import { type Committer, createCommitter } from './committer.ts';
import { workerFile } from './files.ts';
import type { ReaderAnswer, ReaderRequest, ThreadData, WriterAnswer, WriterRequest } from './messages.ts';
import { startThread } from './thread.ts';

export type Threads = Committer & { readonly ask: Ask };

/** The writer first: it makes the files that the reader opens. @throws StoreError */
export const startThreads = async (
  data: ThreadData,
  onDeath: (error: Error) => void,
  onFeed: (events: readonly FeedEvent[]) => void,
): Promise<Threads> => {
  const writerFile = workerFile('writer');
  const writer = await startThread<WriterRequest, WriterAnswer>(writerFile, data, onDeath);
  const committer = createCommitter(writer, onFeed);
  try {
    const readerFile = workerFile('reader');
    const reader = await startThread<ReaderRequest, ReaderAnswer>(readerFile, data, onDeath);
    const close = async () => {
      await committer.close();
      await reader.close();
    };
    return { ...committer, ask: createAsker(reader), close };
  } catch (error) {
    await committer.close();
    throw error;
  }
};
