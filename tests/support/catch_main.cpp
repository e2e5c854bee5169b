#define CATCH_CONFIG_RUNNER
#include "support/skipped.hpp"

#include <catch2/catch.hpp>

#include <iostream>

namespace crmsync::test {

namespace {

bool something_was_skipped = false;

} // namespace

void note_skipped(std::string_view why)
{
    std::cerr << "skipped: " << why << '\n';
    something_was_skipped = true;
}

} // namespace crmsync::test

int main(int argc, char** argv)
{
    // As many failures as the code that means skipped are failures all the same.
    if (Catch::Session().run(argc, argv) != 0)
        return 1;
    return crmsync::test::something_was_skipped ? crmsync::test::skipped_exit_code : 0;
}
