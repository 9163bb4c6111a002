# Sourced by kafka-node, mirror-maker and train: which flags, class path and logging a JVM gets.
#
# Rule: the class path and flags of a training run and of a real run come from this one file, because a CDS archive only
# fits the class path it was made with. The glob is sorted by the shell; java's own `libs/*` is in directory order.
#
#   KAFKA_HEAP          heap, default "-Xms128m -Xmx256m"
#   KAFKA_JVM_FLAGS     replaces "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"
#   KAFKA_OPTS          added at the end, in every profile
#   KAFKA_LOG_LEVEL     root log level, default INFO
#   BLACKSTART_CDS      "off": no archive of ours (to measure what it gains); "train": write one
#   BLACKSTART_PROFILE  "defaults": the JVM settings Kafka ships with, and no archive of ours (for benchmarks)

home=/opt/blackstart

class_path() (
  LC_ALL=C
  set -- /opt/kafka/libs/*.jar
  IFS=:
  echo "$*"
)

# $1: storage, broker or mirror.
jvm_options() {
  if [ "${BLACKSTART_PROFILE:-}" = defaults ]; then
    case $1 in
      storage) echo "-Xmx256M" ;;
      broker) echo "-Xmx1G -Xms1G" ;;
      mirror) echo "-Xms256M -Xmx2G" ;;
    esac
    echo "-server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35"
    echo "-XX:+ExplicitGCInvokesConcurrent"
  else
    echo "${KAFKA_HEAP:--Xms128m -Xmx256m}"
    echo "${KAFKA_JVM_FLAGS:--XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto}"
    archive_option "$1"
  fi
  echo "-Djava.awt.headless=true -Dblackstart.log.level=${KAFKA_LOG_LEVEL:-INFO}"
  case $(echo /opt/kafka/libs/log4j-core-*) in
    *'*') echo "-Dlog4j.configuration=file:$home/log4j.properties" ;;
    *) echo "-Dlog4j2.configurationFile=$home/log4j2.properties" ;;
  esac
  echo "${KAFKA_OPTS:-}"
}

archive_option() {
  case ${BLACKSTART_CDS:-} in
    off) ;;
    train) echo "-XX:ArchiveClassesAtExit=$home/cds/$1.jsa" ;;
    *) [ ! -e "$home/cds/$1.jsa" ] || echo "-XX:SharedArchiveFile=$home/cds/$1.jsa" ;;
  esac
}
