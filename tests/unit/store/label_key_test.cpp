#include "store/label_key.hpp"

#include <catch2/catch.hpp>

using crmsync::store::label_key;

TEST_CASE("a label and the name it was made from compare equal")
{
    // A category can hold neither comma nor semicolon; published labels have spaces instead.
    CHECK(label_key("Adventure Works, Inc.") == label_key("adventure works  inc."));
    CHECK(label_key("Smith;Jones") == "smith jones");
    CHECK(label_key("  CAS-01042 ") == "cas-01042");
    CHECK(label_key("STRASSE") == label_key("Straße"));
    CHECK(label_key(" ,; \t\r\n").empty());
    CHECK(label_key("").empty());
}
