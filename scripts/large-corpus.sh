#!/usr/bin/env bash
# Fetches about 200,000 pages of documentation, 1 GB of text once it is extracted, from Debian's package registry into the folder
# given (default runs/large-corpus): one .tar.gz a package, for runs that need more than the demo. Needs apt-get and dpkg-deb (Debian,
# Ubuntu), no root; nothing is installed. What is there stays, so an interrupted run goes on. Free licences, many of them copyleft
# (GPL, GFDL, CC BY-SA, MPL): the text is for whoever fetches it, not for this repository.
set -euo pipefail
corpus=${1:-runs/large-corpus}
mkdir -p "$corpus"
cd "$corpus"

packages=(
  abs-guide anarchism apache2-doc c++-annotations-html cinder-doc clang-14-doc cppreference-doc-en-html db5.3-doc
  debian-faq debian-handbook debian-policy debian-reference-en derby-doc dolfin-doc erlang-doc fp-docs-3.2.2 ghc-doc
  gmsh-doc gnuradio-doc grass-doc groovy-doc installation-guide-amd64 installation-guide-arm64 installation-guide-i386
  keystone-doc libboost1.74-doc libboost1.81-doc libcommons-math3-java-doc libeigen3-doc libglib2.0-doc libgtk-3-doc
  libgtk-4-doc libjfreechart-java-doc libopenjfx-java-doc libpcl-doc libreoffice-help-cs libreoffice-help-de
  libreoffice-help-en-gb libreoffice-help-en-us libreoffice-help-es libreoffice-help-fr libreoffice-help-hu
  libreoffice-help-it libreoffice-help-ja libreoffice-help-nl libreoffice-help-pl libreoffice-help-pt-br
  libreoffice-help-ru libreoffice-help-sv libreoffice-help-zh-cn libstdc++-11-doc libstdc++-12-doc lilypond-doc-html-de
  lilypond-doc-html-es lilypond-doc-html-fr lilypond-doc-html-it lilypond-doc-html-ja lilypond-doc-html linux-doc-6.1
  llvm-14-doc llvm-15-doc maxima-doc neutron-doc nova-doc octave-doc openjdk-17-doc pari-doc postgresql-doc-15
  python-astropy-doc python-django-doc python-pandas-doc python-scipy-doc python-sqlalchemy-doc python-sympy-doc
  python3.11-doc qtbase5-doc-html qtdeclarative5-doc-html r-doc-html racket-doc rust-doc scala-doc scilab-doc
  tomcat10-docs vtk9-doc wx3.2-doc
)

missing=()
for package in "${packages[@]}"; do
  [[ -f $package.tar.gz ]] && continue
  echo "fetching $package"
  if ! apt-get -q download "$package" >/dev/null 2>&1; then
    missing+=("$package")
    continue
  fi
  archive=$(ls "$package"_*.deb)
  dpkg-deb --fsys-tarfile "$archive" | gzip -1 >"$package.tar.gz.tmp"
  mv "$package.tar.gz.tmp" "$package.tar.gz"
  rm -f "$archive"
done
if ((${#missing[@]} > 0)); then
  echo "not to be had here, left out: ${missing[*]} (apt-get update first?)" >&2
fi
du -sh .
