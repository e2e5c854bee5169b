#include "match/make_labels.hpp"
#include "support/builders.hpp"

#include <catch2/catch.hpp>

using namespace crmsync;
using namespace crmsync::test;

namespace {

std::vector<std::string> labels(const std::vector<LabelledRecord>& records)
{
    std::vector<std::string> texts;
    for (const Label& label : match::make_labels(records))
        texts.push_back(label.text);
    return texts;
}

LabelledRecord record(int id, std::string name, std::optional<std::string> number = {},
                      bool shared = false)
{
    return {record_id(id), std::move(name), std::move(number), shared};
}

using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("a label is the record's name, comma and semicolon as a space")
{
    CHECK(labels({record(1, "Adventure Works")}) == Texts{"Adventure Works"});
    CHECK(labels({record(1, "Works, Adventure; Ltd")}) == Texts{"Works Adventure Ltd"});
    CHECK(labels({record(1, "  a,\t;b\n")}) == Texts{"a b"});
}

TEST_CASE("a label has 64 characters at most, whole ones")
{
    const std::string long_name(80, 'x');
    CHECK(labels({record(1, long_name)}) == Texts{std::string(64, 'x')});
    std::string umlauts;
    for (int i = 0; i < 70; ++i)
        umlauts += "ü";
    CHECK(labels({record(1, umlauts)}).front().size() == 128);
}

TEST_CASE("the number is appended where the name alone would stand for two records")
{
    CHECK(labels({record(1, "Renewal", "OPP-1", true)}) == Texts{"Renewal OPP-1"});
    CHECK(labels({record(1, "Renewal", "OPP-1"), record(2, "RENEWAL", "OPP-2")}) ==
          Texts{"Renewal", "RENEWAL OPP-2"});
    const std::string long_name(80, 'x');
    CHECK(labels({record(1, long_name, "OPP-1", true)}) == Texts{std::string(58, 'x') + " OPP-1"});
}

TEST_CASE("of two records that cannot be told apart the first is offered")
{
    CHECK(labels({record(1, "Renewal"), record(2, "renewal")}) == Texts{"Renewal"});
}

TEST_CASE("a name that is nothing but separators has no label")
{
    CHECK(labels({record(1, " ,; ")}).empty());
}
