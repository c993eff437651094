package org.sparkgpt.generate;

/**
 * Token ids by descending logit, the smaller id first among equals. Building takes time linear in
 * the vocabulary; of its 50,000 tokens top-k and top-p mostly ask for a few dozen.
 */
final class TokenHeap {
  private final long[] keys; // a binary min-heap; high half: rank of the logit, low half: the id
  private int size;

  TokenHeap(float[] logits, int count) {
    keys = new long[count];
    size = count;
    for (int id = 0; id < count; id++) {
      keys[id] = (long) descending(logits[id]) << 32 | id;
    }
    for (int i = size / 2 - 1; i >= 0; i--) {
      siftDown(i);
    }
  }

  /** Takes out the likeliest token left. */
  int poll() {
    int id = (int) keys[0];
    keys[0] = keys[--size];
    siftDown(0);
    return id;
  }

  /** An int that is the smaller the larger {@code value} is. */
  private static int descending(float value) {
    int bits = Float.floatToIntBits(value + 0f); // + 0: -0 and 0 are equals
    return bits < 0 ? bits & Integer.MAX_VALUE : ~bits;
  }

  private void siftDown(int from) {
    int parent = from;
    while (2 * parent + 1 < size) {
      int child = 2 * parent + 1;
      if (child + 1 < size && keys[child + 1] < keys[child]) {
        child++;
      }
      if (keys[parent] <= keys[child]) {
        return;
      }
      long swapped = keys[parent];
      keys[parent] = keys[child];
      keys[child] = swapped;
      parent = child;
    }
  }
}
