#include "settings/nearest.hpp"

#include <catch2/catch.hpp>

using crmsync::settings::nearest;

TEST_CASE("the word that was most likely meant")
{
    const std::vector<std::string> words = {"track_category", "tracked_category", "sent_items",
                                            "on_untrack", "own_domains"};
    CHECK(nearest("trak_category", words) == "track_category");
    CHECK(nearest("tracked-category", words) == "tracked_category");
    CHECK(nearest("Sent_Items", words) == "sent_items");
    CHECK(nearest("sent_itmes", words) == "sent_items");
    CHECK(nearest("untrack", words) == "on_untrack");
    CHECK(nearest("domains", words) == "own_domains");
    CHECK_FALSE(nearest("poll_interval", words));
    CHECK_FALSE(nearest("", words));
    CHECK_FALSE(nearest("x", {}));
    CHECK_FALSE(nearest(std::string(1000, 'a'), words));
}
