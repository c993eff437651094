package org.sparkgpt.passages;

import org.sparkgpt.corpus.Hash64;

/**
 * The anchors of a text: of each window of n words, the run of k = n/3 words in it that has the
 * smallest hash, the last one of equals (winnowing: Schleimer et al. 2003). Neighbouring windows
 * mostly have one anchor in common; together they are one place. In running text there is a place
 * for every (n - k + 2) / 2 words.
 *
 * <p>The anchor follows from the window alone, so equal windows have equal anchors, wherever they
 * are: a window that is in the corpus twice is found among the places of one hash. The {@link
 * #context} is a hash of all that the place's windows cover, so places with equal contexts have
 * equal windows; inside one place no two windows are equal, since their anchors would differ.
 *
 * <p>In periodic text (one word again and again) anchors are dense. From the third place on that
 * equals the two before it, such a run is one place, with more windows: it holds nothing that the
 * two before it do not.
 */
final class Anchors implements Places {
  private final Windows windows;
  private final Minimum minimum;
  private final Place place = new Place(); // what next() found
  private final Place ahead = new Place(); // the one behind it, not yet looked at
  private boolean begun;
  private boolean over;
  private long lastHash;
  private long lastContext;
  private int equals; // places in a row that equal the last

  /**
   * @param n words of a window
   */
  Anchors(Units words, int n) {
    minimum = new Minimum(n, Math.max(1, n / 3));
    windows = new Windows(minimum.watch(words), n);
  }

  private static final class Place {
    private long hash;
    private long context;
    private int position;
    private int count;

    void set(Place other) {
      hash = other.hash;
      context = other.context;
      position = other.position;
      count = other.count;
    }
  }

  @Override
  public boolean next() {
    if (!begun) {
      begun = true;
      over = !windows.next();
      readAhead();
    }
    if (ahead.count == 0) {
      return false;
    }
    place.set(ahead);
    readAhead();
    boolean repeats = place.hash == lastHash && place.context == lastContext;
    equals = repeats ? equals + 1 : 0;
    lastHash = place.hash;
    lastContext = place.context;
    while (equals >= 2 && ahead.count > 0 && sameAs(ahead)) {
      place.count += ahead.count;
      readAhead();
    }
    return true;
  }

  private boolean sameAs(Place other) {
    return other.hash == place.hash && other.context == place.context;
  }

  /** Reads the windows that share the next anchor; none: a count of 0. */
  private void readAhead() {
    ahead.count = 0;
    if (over) {
      return;
    }
    int anchor = minimum.position();
    ahead.hash = minimum.hash();
    ahead.position = windows.position();
    long first = windows.hash();
    long last;
    do {
      last = windows.hash();
      ahead.count++;
      over = !windows.next();
    } while (!over && minimum.position() == anchor);
    // Two windows that overlap or touch, and their distance, are all the words between their ends.
    ahead.context = Hash64.append(Hash64.append(first, last), (long) ahead.count);
  }

  @Override
  public long hash() {
    return place.hash;
  }

  @Override
  public long context() {
    return place.context;
  }

  @Override
  public int position() {
    return place.position;
  }

  @Override
  public int count() {
    return place.count;
  }

  /** The smallest of the last n - k + 1 hashes of k words, while the words are read. */
  private static final class Minimum {
    private final int k;
    private final RollingHash rolling;
    private final long[] hashes; // a ring: from first to last ascending, as are their positions
    private final int[] positions;
    private int first;
    private int size;
    private int read;

    Minimum(int n, int k) {
      this.k = k;
      rolling = new RollingHash(k);
      hashes = new long[n - k + 1];
      positions = new int[n - k + 1];
    }

    /** {@code words}, of each of which this knows as soon as it is read. */
    Units watch(Units words) {
      return new Units(words.text) {
        @Override
        boolean next() {
          if (!words.next()) {
            return false;
          }
          hash = words.hash;
          length = words.length;
          push(hash);
          return true;
        }
      };
    }

    private void push(long word) {
      rolling.push(word);
      read++;
      int position = read - k;
      if (position < 0) {
        return;
      }
      if (size > 0 && positions[first] <= position - hashes.length) {
        first = slot(1);
        size--;
      }
      long hash = rolling.hash();
      while (size > 0 && hashes[slot(size - 1)] >= hash) {
        size--;
      }
      int slot = slot(size++);
      hashes[slot] = hash;
      positions[slot] = position;
    }

    private int slot(int i) {
      return (first + i) % hashes.length;
    }

    long hash() {
      return hashes[first];
    }

    int position() {
      return positions[first];
    }
  }
}
