#include "model/plan.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <stdexcept>

using namespace crmsync;

namespace {

Identity identity(char kind, std::string text)
{
    Identity made;
    made.kind = kind;
    made.text = std::move(text);
    return made;
}

} // namespace

TEST_CASE("identities of different messages have different keys")
{
    std::set<Sha256> keys;
    for (const char* text : {"1@example.com", "1@example.com0", "1@example.com1", "", "0"})
        for (const char kind : {'m', 'f'})
            for (int n = 0; n <= 8; ++n)
                CHECK(keys.insert(identity_key(identity(kind, text), n)).second);
}

// Keys stand in the database: another way to make them would store every message anew.
TEST_CASE("the key of an identity is the digest of kind, text and n")
{
    CHECK(identity_key(identity('m', "1@example.com"), 3) == sha256("m1@example.com3"));
    Identity other = identity('m', "1@example.com");
    other.from_hash = sha256("ann@example.com");
    CHECK(identity_key(other, 0) == identity_key(identity('m', "1@example.com"), 0));
    CHECK_THROWS_AS(identity_key(other, 10), std::out_of_range);
    CHECK_THROWS_AS(identity_key(other, -1), std::out_of_range);
}

TEST_CASE("a plan with anything in it is not empty")
{
    CHECK(Plan().empty());
    const auto filled = [](auto member) {
        Plan plan;
        (plan.*member).emplace_back();
        return !plan.empty();
    };
    CHECK(filled(&Plan::tracked));
    CHECK(filled(&Plan::links));
    CHECK(filled(&Plan::regardings));
    CHECK(filled(&Plan::hand_tags));
    CHECK(filled(&Plan::decisions));
    CHECK(filled(&Plan::write_backs));
    CHECK(filled(&Plan::dropped_write_backs));
    CHECK(filled(&Plan::staged));
    CHECK(filled(&Plan::unstaged));
    CHECK(filled(&Plan::parked));
    CHECK(filled(&Plan::unparked));
    CHECK(filled(&Plan::unpinned));
    CHECK(filled(&Plan::events));
}
