package org.sparkgpt.jobs;

import java.util.Arrays;
import java.util.List;
import org.sparkgpt.config.NearestName;
import org.sparkgpt.stage.StageName;
import picocli.CommandLine;

/** Reads a stage by the name of its command. */
final class StageNameConverter implements CommandLine.ITypeConverter<StageName> {
  @Override
  public StageName convert(String name) {
    List<String> names = Arrays.stream(StageName.values()).map(StageName::command).toList();
    int index = names.indexOf(name);
    if (index < 0) {
      throw new CommandLine.TypeConversionException(
          "unknown stage '"
              + name
              + "'; did you mean '"
              + NearestName.to(name, names.iterator())
              + "'?");
    }
    return StageName.values()[index];
  }
}
