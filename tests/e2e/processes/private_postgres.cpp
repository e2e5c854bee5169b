#include "e2e/processes/private_postgres.hpp"

#include "programs.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <unistd.h>

namespace crmsync::test {

PrivatePostgres::PrivatePostgres() : folder_(fmt::format("/tmp/crmsync-own-{}", getpid()))
{
    script("start");
    const std::string url = fmt::format("postgresql://crmsync@/?host={}", folder_);
    ::setenv("CRMSYNC_TEST_PG", url.c_str(), 1);
}

PrivatePostgres::~PrivatePostgres()
{
    ::unsetenv("CRMSYNC_TEST_PG");
    try {
        script("stop");
    } catch (const std::exception& failure) {
        fmt::print(stderr, "{}\n", failure.what());
    }
}

void PrivatePostgres::script(const char* action)
{
    Child child(postgres_script, {action, folder_}, output_.path() / std::to_string(++runs_));
    const Outcome outcome = child.wait();
    if (outcome.code != 0)
        throw std::runtime_error(outcome.err);
}

} // namespace crmsync::test
