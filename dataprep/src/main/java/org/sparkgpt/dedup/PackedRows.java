package org.sparkgpt.dedup;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Rows as bytes: a bit for each column that is null, then the values as {@link DataOutputStream}
 * writes them. A third of what Java's serialisation makes of rows.
 */
final class PackedRows implements Serializable {
  private static final int BLOCK = 1 << 16;

  private final DataType[] types;

  /**
   * @param schema of at most 16 columns of long, int, double, binary or string
   */
  PackedRows(StructType schema) {
    types = Arrays.stream(schema.fields()).map(field -> field.dataType()).toArray(DataType[]::new);
  }

  byte[] pack(Row row) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    write(row, new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  Row unpack(byte[] packed) {
    return read(new DataInputStream(new ByteArrayInputStream(packed)));
  }

  /** Blocks of some 64 KiB, for storing. */
  Iterator<byte[]> blocks(Iterator<Row> rows) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public byte[] next() {
        ByteArrayOutputStream block = new ByteArrayOutputStream(BLOCK);
        DataOutputStream out = new DataOutputStream(block);
        while (rows.hasNext() && block.size() < BLOCK) {
          write(rows.next(), out);
        }
        return block.toByteArray();
      }
    };
  }

  /** The rows of a block. */
  Iterator<Row> rows(byte[] block) {
    ByteArrayInputStream bytes = new ByteArrayInputStream(block);
    DataInputStream in = new DataInputStream(bytes);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return bytes.available() > 0;
      }

      @Override
      public Row next() {
        return read(in);
      }
    };
  }

  private void write(Row row, DataOutputStream out) {
    try {
      int nulls = 0;
      for (int i = 0; i < types.length; i++) {
        nulls |= row.isNullAt(i) ? 1 << i : 0;
      }
      out.writeShort(nulls);
      for (int i = 0; i < types.length; i++) {
        if (!row.isNullAt(i)) {
          write(row, i, out);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
  }

  private void write(Row row, int i, DataOutputStream out) throws IOException {
    if (types[i].equals(DataTypes.LongType)) {
      out.writeLong(row.getLong(i));
    } else if (types[i].equals(DataTypes.IntegerType)) {
      out.writeInt(row.getInt(i));
    } else if (types[i].equals(DataTypes.DoubleType)) {
      out.writeDouble(row.getDouble(i));
    } else {
      byte[] bytes =
          types[i].equals(DataTypes.BinaryType)
              ? row.<byte[]>getAs(i)
              : row.getString(i).getBytes(StandardCharsets.UTF_8);
      out.writeInt(bytes.length);
      out.write(bytes);
    }
  }

  private Row read(DataInputStream in) {
    try {
      int nulls = in.readUnsignedShort();
      Object[] values = new Object[types.length];
      for (int i = 0; i < types.length; i++) {
        values[i] = (nulls >> i & 1) == 1 ? null : value(types[i], in);
      }
      return RowFactory.create(values);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object value(DataType type, DataInputStream in) throws IOException {
    if (type.equals(DataTypes.LongType)) {
      return in.readLong();
    } else if (type.equals(DataTypes.IntegerType)) {
      return in.readInt();
    } else if (type.equals(DataTypes.DoubleType)) {
      return in.readDouble();
    }
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return type.equals(DataTypes.BinaryType) ? bytes : new String(bytes, StandardCharsets.UTF_8);
  }
}
