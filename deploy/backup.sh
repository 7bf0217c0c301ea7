#!/usr/bin/env bash
# A copy of everything that cannot be made again: the database, then the media.
#
#   XIAOGE_DATABASE_URL=… XIAOGE_MEDIA_DIR=… deploy/backup.sh /var/backups/xiaoge [days]
#
# May run while the service does. Database copies older than so many days (30) are removed. A
# medium never changes once it is there, so the copy of the media only grows; it comes last, so
# that every medium the database copy speaks of is in it. Needs sqlite3, or for PostgreSQL pg_dump.
set -euo pipefail

target=${1:?say where to: backup.sh DIRECTORY [DAYS]}
days=${2:-30}
url=${XIAOGE_DATABASE_URL:-sqlite:///data/xiaoge.db}
media=${XIAOGE_MEDIA_DIR:-data/media}
name="xiaoge-$(date +%Y%m%d-%H%M%S)"

umask 077
mkdir -p "$target/media"
trap 'rm -f "$target/$name".*.part*' EXIT

case $url in
  sqlite:///*)
    copy="$target/$name.db"
    sqlite3 "${url#sqlite:///}" ".timeout 10000" ".backup '$copy.part'"
    [ "$(sqlite3 "$copy.part" 'PRAGMA integrity_check')" = ok ]
    ;;
  postgres*)
    copy="$target/$name.dump"
    pg_dump --format=custom --file="$copy.part" --dbname="postgresql://${url#*://}"
    pg_restore --list "$copy.part" >/dev/null
    ;;
  *)
    echo "unknown database: ${url%%:*}" >&2
    exit 1
    ;;
esac
mv "$copy.part" "$copy"

if [ -d "$media" ]; then
  cp --recursive --update --preserve=timestamps "$media/." "$target/media/"
fi
find "$target" -maxdepth 1 -name 'xiaoge-*' -mtime "+$days" -delete
echo "$copy"
