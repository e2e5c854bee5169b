#!/bin/bash
# Runs the compiler through ccache so that a build in another folder, or of a fresh clone, finds what
# this one compiled. ccache makes most paths relative by itself, but not the one CMake includes the
# precompiled header by; so every path below the build folder is given relative to it here. What the
# precompiled header is made of stands in a .sum file beside it (lib/CMakeLists.txt).
export CCACHE_BASEDIR=$1 CCACHE_NOHASHDIR=1 CCACHE_PCH_EXTSUM=1
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
shift
# The precompiled header itself holds the path of its source: one from another folder, which may be
# gone, cannot be used here. So it is always compiled.
for argument; do
    [[ $argument != *cmake_pch.hxx.cxx ]] || exec "$@"
done
exec ccache "${@//"$PWD"\//}"
