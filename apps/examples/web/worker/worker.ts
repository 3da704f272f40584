// SPDX-License-Identifier: Apache-2.0
// The worker that trains. The page starts it; protocol.ts says what they tell each other.

import { init } from '@tapeloop/core';
import { nextTurn } from '@tapeloop/train';
import type { PageMessage, WorkerMessage } from '../protocol.ts';
import { describeFailure } from './failure.ts';
import { Session } from './session.ts';

const inbox: PageMessage[] = [];
let wake: (() => void) | undefined;

globalThis.addEventListener('message', ({ data }: MessageEvent<PageMessage>) => {
  inbox.push(data);
  wake?.();
});

try {
  await init();
  await serve(new Session(post));
} catch (error) {
  post({ type: 'failed', reason: describeFailure(error) });
}

/** Answers and works in turns; rests while there is nothing to do. */
async function serve(session: Session): Promise<never> {
  for (;;) {
    for (const message of inbox.splice(0)) session.handle(message);
    if (session.isBusy) {
      await session.work();
      await nextTurn();
    } else {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}

function post(message: WorkerMessage): void {
  const transfer = message.type === 'saved' ? [message.save.bytes.buffer] : [];
  globalThis.postMessage(message, { transfer });
}
