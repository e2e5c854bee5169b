#pragma once

namespace crmsync::sync {

/// What handling pages came to.
struct PageReport {
    int changes = 0;
    int tracked = 0;
    int owed = 0;

    PageReport& operator+=(const PageReport& other)
    {
        changes += other.changes;
        tracked += other.tracked;
        owed += other.owed;
        return *this;
    }
};

} // namespace crmsync::sync
