#pragma once

#include "e2e/in_process/stage.hpp"

#include <string>

namespace crmsync::test {

/// Each page but the first of the next rounds takes nine seconds: the provider asks for a pause
/// before it.
inline void slow_down(Stage& stage, int pages)
{
    for (int page = 0; page < pages; ++page) {
        sim::Fault pause;
        pause.method = "GET";
        pause.path = "/messages/delta?$skiptoken";
        pause.status = 429;
        pause.code = "TooManyRequests";
        pause.retry_after = "9";
        pause.after = page; // what an earlier one refused does not count
        stage.script().fail(std::move(pause));
    }
}

} // namespace crmsync::test
