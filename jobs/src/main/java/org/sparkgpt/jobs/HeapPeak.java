package org.sparkgpt.jobs;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/** The most heap that garbage collections left in use while this is open, and before them. */
final class HeapPeak implements AutoCloseable, NotificationListener {
  private final AtomicLong before = new AtomicLong();
  private final AtomicLong after = new AtomicLong();

  HeapPeak() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      ((NotificationEmitter) collector).addNotificationListener(this, null, null);
    }
  }

  /** Bytes in use before a collection, garbage included; at least those in use now. */
  long bytes() {
    long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    return before.accumulateAndGet(now, Math::max);
  }

  /** Bytes in use after a collection; 0 if there was none. */
  long bytesAfterCollection() {
    return after.get();
  }

  @Override
  public void handleNotification(Notification notification, Object handback) {
    if (notification
        .getType()
        .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
      var collection =
          GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData())
              .getGcInfo();
      before.accumulateAndGet(heap(collection.getMemoryUsageBeforeGc().values()), Math::max);
      after.accumulateAndGet(heap(collection.getMemoryUsageAfterGc().values()), Math::max);
    }
  }

  private static long heap(Iterable<MemoryUsage> pools) {
    long bytes = 0;
    for (MemoryUsage pool : pools) {
      bytes += pool.getUsed();
    }
    return bytes;
  }

  @Override
  public void close() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      try {
        ((NotificationEmitter) collector).removeNotificationListener(this);
      } catch (ListenerNotFoundException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
