#include "store/columns.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace crmsync;
using namespace crmsync::store;

TEST_CASE("desired categories come back as they were kept")
{
    DesiredCategories desired;
    desired.state = StateCategory::review;
    desired.regarding = "CRM: \"Ünïcödé\" \\ Works";
    desired.take_off = {"a", "", "CRM: b"};
    desired.restore = true;
    CHECK(desired_categories(to_json(desired).value) == desired);
    CHECK(desired_categories(to_json(DesiredCategories()).value) == DesiredCategories());
}

TEST_CASE("a word the database cannot hold is a mistake of ours")
{
    CHECK_THROWS_AS(state_category("lost"), std::logic_error);
    CHECK_THROWS_AS(record_state("lost"), std::logic_error);
    CHECK(state_category("refused") == StateCategory::refused);
    CHECK(record_state("closed") == RecordState::closed);
}

TEST_CASE("text keeps everything but the NUL that PostgreSQL refuses")
{
    CHECK(storable("tab\tand ünïcödé") == "tab\tand ünïcödé");
    CHECK(storable(std::string("a\0b", 3)) == "ab");
}
