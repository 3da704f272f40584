// SPDX-License-Identifier: Apache-2.0
import { type Call, checkSameCall } from './call.ts';
import { CommunicatorError } from './communicator-error.ts';

/** A part of a call. */
interface Part {
  readonly call: Call;
  readonly bytes: ArrayBuffer;
}

/** What goes over a port: parts, and at last the news that none will follow. */
type Packet = Part | 'leave';

interface Waiting {
  resolve(part: Part): void;
  reject(error: CommunicatorError): void;
}

/** One end of the line between two ranks. What one sends, the other receives in the same order. */
export class Mailbox {
  /** The rank at the other end. */
  readonly rank: number;
  readonly #port: MessagePort;
  readonly #arrived: Part[] = [];
  #waiting: Waiting | undefined;
  #end: CommunicatorError | undefined;

  constructor(rank: number, port: MessagePort) {
    this.rank = rank;
    this.#port = port;
    port.addEventListener('message', ({ data }: MessageEvent<Packet>) => this.#take(data));
    port.start();
  }

  /** Sends this rank's part of a call. The bytes are given away. */
  send(call: Call, bytes: ArrayBuffer): void {
    const packet: Packet = { call, bytes };
    this.#port.postMessage(packet, [bytes]);
  }

  /**
   * Waits for the other's part of a call.
   *
   * @throws CommunicatorError when it has made another call, or nothing will come any more.
   */
  async receive(call: Call): Promise<ArrayBuffer> {
    const part = await this.#next();
    checkSameCall(call, this.rank, part.call);
    return part.bytes;
  }

  /** Lets nobody wait for what has not arrived yet. */
  end(error: CommunicatorError): void {
    this.#end ??= error;
    this.#waiting?.reject(this.#end);
    this.#waiting = undefined;
  }

  /** Tells the other that nothing will follow, and hangs up. */
  close(): void {
    const packet: Packet = 'leave';
    this.#port.postMessage(packet);
    this.#port.close();
  }

  #take(packet: Packet): void {
    if (packet === 'leave') {
      this.end(new CommunicatorError(`rank ${this.rank} has closed its communicator`, this.rank));
    } else if (this.#waiting === undefined) this.#arrived.push(packet);
    else {
      this.#waiting.resolve(packet);
      this.#waiting = undefined;
    }
  }

  #next(): Promise<Part> {
    const part = this.#arrived.shift();
    if (part !== undefined) return Promise.resolve(part);
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }
}
