package org.sparkgpt.ingest;

import java.io.IOException;
import java.util.Optional;
import org.sparkgpt.corpus.Document;

/**
 * The records of all files in an archive, each from {@code archive!/entry}. A file that breaks
 * becomes one rejected record, and the archive goes on with the next. Names are only names: nothing
 * is written anywhere.
 */
final class ArchiveRecords implements Records {
  private final Entries entries;
  private final String archive;
  private final RecordFormats formats;
  private final RecordFormats.Nest nest;
  private String source;
  private Records current;
  private IOException failure;

  /**
   * @param nest where this archive lies
   */
  ArchiveRecords(Entries entries, String archive, RecordFormats formats, RecordFormats.Nest nest) {
    this.entries = entries;
    this.archive = archive;
    this.formats = formats;
    this.nest = nest;
    this.source = archive;
  }

  @Override
  public boolean next() throws IOException {
    failure = null;
    while (true) {
      if (current != null && advance()) {
        return true;
      }
      closeCurrent();
      source = archive;
      String name = entries.next();
      if (name == null) {
        return false;
      }
      nest.count(entries.size());
      Optional<FileType> type = FileType.of(name);
      if (type.isPresent() && isWanted(type.get(), name)) {
        source = archive + "!/" + name;
        if (!enter(type.get())) {
          return true;
        }
      }
    }
  }

  /** The patterns look at the files in an archive, not at the archive. */
  private boolean isWanted(FileType type, String name) {
    return type.format().isArchive() ? !nest.filter().excludes(name) : nest.filter().accepts(name);
  }

  /** Moves within the current file; true also at the place where it breaks. */
  private boolean advance() throws IOException {
    try {
      if (current.next()) {
        source = current.source();
        return true;
      }
      return false;
    } catch (IOException e) {
      source = current.source();
      closeCurrent();
      failure = e;
      return true;
    }
  }

  private boolean enter(FileType type) {
    try {
      current = formats.open(type, entries::open, entries.inSequence(), source, nest.inside());
      return true;
    } catch (IOException e) {
      failure = e;
      return false;
    }
  }

  private void closeCurrent() throws IOException {
    if (current != null) {
      current.close();
      current = null;
    }
  }

  @Override
  public Document read() throws IOException {
    if (failure != null) {
      throw failure;
    }
    return current.read();
  }

  @Override
  public String source() {
    return source;
  }

  @Override
  public void close() throws IOException {
    closeCurrent();
    entries.close();
  }
}
