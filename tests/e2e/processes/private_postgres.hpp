#pragma once

#include "e2e/processes/child.hpp"

namespace crmsync::test {

/// A PostgreSQL that a test may break, in the place of the one that all tests share: each Stage
/// made while it stands has its database there.
class PrivatePostgres {
public:
    PrivatePostgres();
    ~PrivatePostgres();
    PrivatePostgres(const PrivatePostgres&) = delete;
    PrivatePostgres& operator=(const PrivatePostgres&) = delete;

private:
    void script(const char* action);

    TempFolder output_;
    std::string folder_;
    int runs_ = 0;
};

} // namespace crmsync::test
