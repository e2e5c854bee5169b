#pragma once

#include "bench/line.hpp"

namespace crmsync::bench {

/// What the database can do at most: the rows of a finished load, copied in binary form into empty
/// tables like those they are in, in one transaction.
struct RawCopy {
    double seconds = 0;
    Cpu postgres;
    long rows = 0;
};

RawCopy raw_copy(Line& line);

} // namespace crmsync::bench
