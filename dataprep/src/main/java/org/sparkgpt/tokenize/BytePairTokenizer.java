package org.sparkgpt.tokenize;

import java.io.Serializable;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Byte-level BPE as GPT-2 has it (Sennrich et al. 2016; Radford et al. 2019). Ids: the 256 bytes in
 * the order of {@link ByteAlphabet}, then the merges in rank order, then {@code <|endoftext|>}.
 *
 * <p>Every string encodes, and {@code decode(encode(s))} is {@code s} for every s without lone
 * surrogates.
 */
public final class BytePairTokenizer implements Tokenizer {
  /** One copy per JVM, however many tasks bring it along. */
  private static final Map<String, WeakReference<BytePairTokenizer>> SHARED =
      new ConcurrentHashMap<>();

  private final int[] merges; // left, right, left, right ...
  private final String digest;
  private final transient byte[][] tokens;
  private final transient MergeTable table;
  private final transient ThreadLocal<Encoder> encoder;

  /**
   * @param merges left and right id of each merge in rank order, flattened; merge r becomes id 256
   *     + r and may use lower ids only
   * @throws IllegalArgumentException if a merge uses an id that is not there yet, or repeats one
   */
  BytePairTokenizer(int[] merges) {
    this.merges = merges.clone();
    this.digest = digestOf(merges);
    this.tokens = tokensOf(merges);
    this.table = tableOf(merges);
    BitSet neighbours = neighboursIn(tokens);
    this.encoder = ThreadLocal.withInitial(() -> new Encoder(table, neighbours));
  }

  /** The pairs of bytes that some token holds side by side: first byte, then second. */
  private static BitSet neighboursIn(byte[][] tokens) {
    BitSet neighbours = new BitSet(1 << Short.SIZE);
    for (int id = ByteAlphabet.SIZE; id < tokens.length - 1; id++) {
      for (int i = 0; i + 1 < tokens[id].length; i++) {
        neighbours.set(bytePair(tokens[id][i], tokens[id][i + 1]));
      }
    }
    return neighbours;
  }

  private static int bytePair(byte first, byte second) {
    return (first & 0xFF) << Byte.SIZE | (second & 0xFF);
  }

  private static byte[][] tokensOf(int[] merges) {
    byte[][] tokens = new byte[ByteAlphabet.SIZE + merges.length / 2 + 1][];
    for (int id = 0; id < ByteAlphabet.SIZE; id++) {
      tokens[id] = new byte[] {ByteAlphabet.byteOf(id)};
    }
    for (int r = 0; r < merges.length / 2; r++) {
      int id = ByteAlphabet.SIZE + r;
      int left = merges[2 * r];
      int right = merges[2 * r + 1];
      if (left < 0 || right < 0 || left >= id || right >= id) {
        throw new IllegalArgumentException(
            "merge " + r + " uses ids " + left + " and " + right + ", not both below " + id);
      }
      tokens[id] = Arrays.copyOf(tokens[left], tokens[left].length + tokens[right].length);
      System.arraycopy(tokens[right], 0, tokens[id], tokens[left].length, tokens[right].length);
    }
    tokens[tokens.length - 1] = END_OF_TEXT.getBytes(StandardCharsets.UTF_8);
    return tokens;
  }

  private static MergeTable tableOf(int[] merges) {
    MergeTable table = new MergeTable(merges.length / 2);
    for (int r = 0; r < merges.length / 2; r++) {
      if (!table.put(merges[2 * r], merges[2 * r + 1], ByteAlphabet.SIZE + r)) {
        throw new IllegalArgumentException("merge " + r + " repeats an earlier one");
      }
    }
    return table;
  }

  private static String digestOf(int[] merges) {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * merges.length);
    bytes.asIntBuffer().put(merges);
    return Digests.sha256("byte-level-bpe/1\n", bytes.array());
  }

  @Override
  public int[] encode(String text) {
    return encoder.get().encode(text);
  }

  @Override
  public String decode(int... ids) {
    int length = 0;
    for (int id : ids) {
      length = Math.addExact(length, token(id).length);
    }
    byte[] bytes = new byte[length];
    int at = 0;
    for (int id : ids) {
      System.arraycopy(tokens[id], 0, bytes, at, tokens[id].length);
      at += tokens[id].length;
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public byte[] bytesOf(int id) {
    return token(id).clone();
  }

  private byte[] token(int id) {
    if (id < 0 || id >= tokens.length) {
      throw new IllegalArgumentException(
          "token id " + id + " is not in the vocabulary of " + tokens.length);
    }
    return tokens[id];
  }

  @Override
  public int vocabularySize() {
    return tokens.length;
  }

  @Override
  public OptionalInt endOfText() {
    return OptionalInt.of(tokens.length - 1);
  }

  @Override
  public String digest() {
    return digest;
  }

  /** Left and right id of each merge, flattened, in rank order. */
  int[] merges() {
    return merges.clone();
  }

  private Object writeReplace() {
    return new Form(merges);
  }

  /** What travels: the merges; the rest is rebuilt, once per JVM. */
  private record Form(int[] merges) implements Serializable {
    private Object readResolve() {
      BytePairTokenizer[] shared = new BytePairTokenizer[1];
      SHARED.compute(
          digestOf(merges),
          (digest, reference) -> {
            shared[0] = reference == null ? null : reference.get();
            if (shared[0] != null) {
              return reference;
            }
            shared[0] = new BytePairTokenizer(merges);
            return new WeakReference<>(shared[0]);
          });
      return shared[0];
    }
  }

  /** One thread's scratch memory. Holds the table, not the tokenizer, which so can be collected. */
  private static final class Encoder {
    /** Longer words are cut where no token can be: their memory is that of the pieces. */
    private static final int LONG_WORD = 1 << 14;

    private final PairMerger merger;
    private final BitSet neighbours;
    private final WordCache cache = new WordCache();

    Encoder(MergeTable table, BitSet neighbours) {
      merger = new PairMerger(table);
      this.neighbours = neighbours;
    }

    int[] encode(String text) {
      byte[] plain = text.getBytes(StandardCharsets.UTF_8);
      int limit = plain.length;
      byte[] utf8 = Arrays.copyOf(plain, Math.addExact(limit, WordCache.READ_AHEAD));
      int[] ids = new int[limit / 3 + 2 * WordCache.READ_AHEAD]; // English: 4 to 5 bytes a token
      int count = 0;
      int wordEnd = 0;
      for (int start = 0; start < limit; ) {
        if (start == wordEnd) {
          wordEnd = WordSplitter.wordEnd(utf8, start, limit);
        }
        int end = wordEnd - start > LONG_WORD ? pieceEnd(utf8, start, wordEnd) : wordEnd;
        int room = Math.max(end - start, WordCache.MAX_WORD);
        if (ids.length - count < room) {
          ids = Arrays.copyOf(ids, Math.max(count + room, ids.length + ids.length / 2));
        }
        count += encodeWord(utf8, start, end, ids, count);
        start = end;
      }
      return Arrays.copyOf(ids, count);
    }

    private int pieceEnd(byte[] utf8, int start, int wordEnd) {
      int end = start + 1;
      while (end < wordEnd && neighbours.get(bytePair(utf8[end - 1], utf8[end]))) {
        end++;
      }
      return end;
    }

    private int encodeWord(byte[] utf8, int start, int end, int[] ids, int at) {
      int length = end - start;
      if (length > WordCache.MAX_WORD) {
        return merger.merge(utf8, start, end, ids, at);
      }
      int known = cache.get(utf8, start, length, ids, at);
      if (known > 0) {
        return known;
      }
      int count = merger.merge(utf8, start, end, ids, at);
      cache.put(ids, at, count);
      return count;
    }
  }
}
