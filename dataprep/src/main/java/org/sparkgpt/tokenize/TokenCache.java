package org.sparkgpt.tokenize;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.CleanerUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Token shards, each decoded once into a local file and mapped into memory from there: 4 bytes a
 * token. A shard whose file finds no room stays on the heap instead, if it leaves half of what is
 * free there.
 *
 * <p>Whoever reads a shard is its holder until it is released. {@link #expect} names the shards
 * that come next: they are decoded by a thread in the background, one after the other, and all that
 * nobody holds or expects goes. So the disk has the shards of the present reading and of the one
 * before it at most. Files hold a whole, checked shard or have a temporary name.
 *
 * <p>Safe for many threads: two that want the same shard wait for one decoding.
 */
public final class TokenCache implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TokenCache.class);

  /** A shard as {@code file} of the manifest in {@code directory} says. */
  public record Shard(FileSystem files, org.apache.hadoop.fs.Path directory, TokenFile file) {
    /** Content is part of it: a corpus that is tokenized anew is decoded anew. */
    private String key() {
      return directory + "/" + file.path() + " " + file.crc32c() + " " + file.tokens();
    }
  }

  /**
   * @param mapping that {@code ids} are a view of; null: they are on the heap
   * @param path of the mapped file; null: none
   */
  private record Decoded(IntBuffer ids, MappedByteBuffer mapping, Path path) {}

  private final class Entry {
    private final Shard shard;
    private final Set<Object> holders = new HashSet<>();
    private final FutureTask<Decoded> decoding;
    private volatile Decoded decoded; // null: not yet, or it failed

    Entry(Shard shard) {
      this.shard = shard;
      decoding = new FutureTask<>(this::decode);
    }

    private Decoded decode() throws IOException {
      decoded = TokenCache.this.decode(shard);
      return decoded;
    }

    private boolean hasFailed() {
      return decoding.isDone() && decoded == null;
    }
  }

  private final List<Path> directories;
  private final ExecutorService readers = Executors.newCachedThreadPool(TokenCache::newThread);
  private final ExecutorService ahead = Executors.newSingleThreadExecutor(TokenCache::newThread);
  private final Map<String, Entry> entries = new HashMap<>(); // guarded by this, as what follows
  private Set<String> expected = Set.of();

  /**
   * @param directories of this cache alone, made if need be; a shard goes where most space is
   */
  public TokenCache(List<Path> directories) {
    this.directories = List.copyOf(directories);
  }

  /**
   * All ids of a shard in order; read-only. Valid until {@code holder} is released.
   *
   * @throws UncheckedIOException if the shard is missing, damaged or not the manifest's, or finds
   *     no room
   */
  public IntBuffer open(Shard shard, Object holder) {
    Entry entry;
    synchronized (this) {
      entry = hold(shard, holder);
    }
    if (!entry.decoding.isDone()) {
      readers.execute(entry.decoding); // does nothing if a thread is at it already
    }
    try {
      return entry.decoding.get().ids().duplicate();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      String what = "interrupted while waiting for token shard " + shard.file().path();
      throw new UncheckedIOException(what, new InterruptedIOException(what));
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  /** For the thread that waited: the trace is of the one that read. */
  private static UncheckedIOException failure(Throwable cause) {
    if (cause instanceof UncheckedIOException unchecked) {
      return new UncheckedIOException(cause.getMessage(), unchecked.getCause());
    }
    IOException io = cause instanceof IOException checked ? checked : new IOException(cause);
    return new UncheckedIOException(io.getMessage(), io);
  }

  /**
   * Makes {@code shards} come in, in this order, and go on being there until other ones are
   * expected. Shards that are neither among them nor held by anyone go.
   *
   * @param holder who may open them, until it is released
   */
  public void expect(List<Shard> shards, Object holder) {
    List<Entry> missing = new ArrayList<>();
    synchronized (this) {
      for (Shard shard : shards) {
        Entry entry = hold(shard, holder);
        if (!entry.decoding.isDone()) {
          missing.add(entry);
        }
      }
      expected = shards.stream().map(Shard::key).collect(Collectors.toUnmodifiableSet());
      evict(expected);
    }
    missing.forEach(entry -> ahead.execute(() -> decodeAhead(entry)));
  }

  /** Whoever {@code holder} was, it reads no more. */
  public synchronized void release(Object holder) {
    entries.values().forEach(entry -> entry.holders.remove(holder));
  }

  private Entry hold(Shard shard, Object holder) {
    Entry entry = entries.get(shard.key());
    if (entry == null || entry.hasFailed()) {
      Entry again = new Entry(shard);
      if (entry != null) {
        again.holders.addAll(entry.holders);
      }
      entry = again;
      entries.put(shard.key(), entry);
    }
    entry.holders.add(holder);
    return entry;
  }

  private void decodeAhead(Entry entry) {
    synchronized (this) {
      String key = entry.shard.key();
      if (entry.holders.isEmpty() && !expected.contains(key)) {
        entries.remove(key, entry); // the run went on without it
        return;
      }
    }
    entry.decoding.run(); // what fails here is tried again by whoever opens the shard
  }

  private synchronized void evict(Set<String> keep) {
    for (Iterator<Entry> each = entries.values().iterator(); each.hasNext(); ) {
      Entry entry = each.next();
      boolean wanted = !entry.holders.isEmpty() || keep.contains(entry.shard.key());
      if (!wanted && entry.decoding.isDone()) {
        each.remove();
        free(entry);
      }
    }
  }

  private static void free(Entry entry) {
    Decoded decoded = entry.decoded;
    if (decoded == null || decoded.mapping() == null) {
      return;
    }
    try {
      if (CleanerUtil.UNMAP_SUPPORTED) { // else the disk has it back when the collector comes by
        CleanerUtil.getCleaner().freeBuffer(decoded.mapping());
      }
      Files.deleteIfExists(decoded.path());
    } catch (IOException e) {
      LOG.warn("cannot delete {}: {}", decoded.path(), e.toString());
    }
  }

  private Decoded decode(Shard shard) throws IOException {
    try {
      return decodeToDisk(shard);
    } catch (LocalDiskException e) {
      evict(Set.of());
    }
    try {
      return decodeToDisk(shard);
    } catch (LocalDiskException e) {
      return decodeToHeap(shard, e);
    }
  }

  private Decoded decodeToDisk(Shard shard) throws IOException {
    LocalDiskException failure = null;
    for (Path directory : mostSpaceFirst()) {
      try {
        return decodeTo(directory, shard);
      } catch (LocalDiskException e) {
        failure = e;
      }
    }
    throw failure;
  }

  private List<Path> mostSpaceFirst() {
    return directories.stream()
        .sorted(Comparator.comparingLong(TokenCache::usableSpace).reversed())
        .toList();
  }

  /** Bytes; 0 where nothing can be made. */
  private static long usableSpace(Path directory) {
    Path existing = directory;
    while (existing.getParent() != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    return existing.toFile().getUsableSpace();
  }

  private static Decoded decodeTo(Path directory, Shard shard) throws IOException {
    TokenFile file = shard.file();
    String name = UUID.randomUUID().toString();
    Path temporary = directory.resolve(ShardWriter.TEMPORARY + name);
    Path decoded = directory.resolve(file.path().replace('/', '-') + "-" + name + ".int32");
    createDirectory(directory);
    try {
      ShardReader.decode(shard.files(), shard.directory(), file, temporary);
      Files.move(temporary, decoded, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    try (FileChannel channel = FileChannel.open(decoded, StandardOpenOption.READ)) {
      MappedByteBuffer mapping =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, Integer.BYTES * file.tokens());
      IntBuffer ids = mapping.order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
      return new Decoded(ids, mapping, decoded);
    }
  }

  private static void createDirectory(Path directory) throws LocalDiskException {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new LocalDiskException(e);
    }
  }

  private Decoded decodeToHeap(Shard shard, LocalDiskException noRoom) throws IOException {
    TokenFile file = shard.file();
    long bytes = Integer.BYTES * file.tokens();
    if (bytes > freeHeap() / 2) {
      System.gc(); // what is free is known only after it
    }
    long free = freeHeap();
    String problem =
        String.format(
            Locale.ROOT,
            "no room for token shard %s: %,d bytes are needed, there are %s (%s)",
            file.path(),
            bytes + file.bytes(),
            directories.stream()
                .map(d -> String.format(Locale.ROOT, "%,d in %s", usableSpace(d), d))
                .collect(Collectors.joining(", ")),
            noRoom.getMessage());
    String remedy =
        "name directories with more space in spark.local.dir, on YARN in"
            + " yarn.nodemanager.local-dirs, or lower tokenize.shardTokens";
    if (bytes > free / 2) {
      throw new IOException(
          String.format(
              Locale.ROOT, "%s, and %,d are free on the heap; %s", problem, free, remedy));
    }
    LOG.warn("{}; it is kept on the heap: {}", problem, remedy);
    IntBuffer ids = ShardReader.read(shard.files(), shard.directory(), file);
    return new Decoded(ids.asReadOnlyBuffer(), null, null);
  }

  private static long freeHeap() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
  }

  private static Thread newThread(Runnable work) {
    Thread thread = new Thread(work, "token shards");
    thread.setDaemon(true);
    return thread;
  }

  /** Deletes the files. Nobody may read a shard any more. */
  @Override
  public synchronized void close() {
    readers.shutdown();
    ahead.shutdownNow();
    entries.values().stream().filter(entry -> entry.decoding.isDone()).forEach(TokenCache::free);
    entries.clear();
  }
}
