#include "base/digest.hpp"
#include "graph_stage.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace crmsync;
using namespace crmsync::graph;
using namespace crmsync::test;

namespace {

constexpr const char* octets = R"({"Content-Type": "application/octet-stream"})";

} // namespace

TEST_CASE("small attachments come by batch and cut by size, large ones singly")
{
    std::vector<std::size_t> batches;
    std::set<std::string> singles;
    GraphStage stage([&](const Received& r) {
        if (!is_batch(r)) {
            singles.insert(r.target);
            Answer answer;
            answer.body = std::string(300'000, 'L');
            return answer;
        }
        batches.push_back(parts_of(r).size());
        return batch_answer(r, [](const boost::json::object& part) -> PartReply {
            const std::string url = word(part, "url");
            if (url.find("/attachments/ref/") != std::string::npos)
                return {405, error_body("RequestBroken")};
            if (url.find("/attachments/ole/") != std::string::npos)
                return {400, error_body("ErrorCannotOpenFileAttachment")};
            std::string bytes = "bytes of " + url.substr(url.find("/attachments/") + 13);
            if (url.find("/attachments/s") != std::string::npos)
                bytes.resize(240'000, '.');
            return {200, '"' + base64(bytes) + '"', octets};
        });
    });
    std::vector<AttachmentRef> wanted;
    for (int i = 0; i < 14; ++i)
        wanted.push_back({"M", "s" + std::to_string(i), 250'000});
    wanted.push_back({"M", "large", 300'100});
    wanted.push_back({"M", "huge", 9'000'000});
    wanted.push_back({"M", "ref", 10});
    wanted.push_back({"M", "ole", 10});
    wanted.push_back({"M", "too long", 50});

    const auto contents = stage.go(stage.connector.fetch_attachments(wanted, {5'000'000}));

    CHECK(batches == std::vector<std::size_t>{12, 5});
    CHECK(singles == std::set<std::string>{
                         "/v1.0/users/kim@contoso.example/messages/M/attachments/large/$value"});
    CHECK(contents[0].bytes->starts_with("bytes of s0/$value."));
    CHECK(contents[13].bytes->starts_with("bytes of s13/$value."));
    CHECK(contents[14].bytes->size() == 300'000);
    CHECK(contents[15].reason == "size");
    CHECK(contents[16].reason == "reference");
    CHECK(contents[17].reason == "unreadable");
    CHECK_FALSE(contents[17].transient);
    CHECK(contents[18].bytes == "bytes of too%20long/$value");
}

TEST_CASE("an attachment that is larger than it said is left at the limit")
{
    GraphStage stage([](const Received& r) {
        if (is_batch(r))
            return batch_answer(r, [](const boost::json::object&) -> PartReply {
                return {200, '"' + base64(std::string(1'001, 'x')) + '"', octets};
            });
        Answer answer;
        answer.body = std::string(400'000, 'x');
        return answer;
    });

    CHECK(stage.go(stage.connector.fetch_attachments({{"M", "1", 10}}, {1'000}))[0].reason ==
          "size");
    CHECK(stage.go(stage.connector.fetch_attachments({{"M", "1", 300'000}}, {300'000}))[0].reason ==
          "size");
}

TEST_CASE("what a batch may have put into another form is asked for by itself")
{
    const std::string png = "\xFB\xFF\xFE?";
    std::set<std::string> singles;
    GraphStage stage([&](const Received& r) {
        if (!is_batch(r)) {
            singles.insert(r.target.substr(r.target.find("/attachments/") + 13));
            Answer answer;
            answer.body = "SGVs"; // would be base64 as well
            return answer;
        }
        return batch_answer(r, [&](const boost::json::object& part) -> PartReply {
            const std::string url = word(part, "url");
            if (url.find("/text/") != std::string::npos)
                return {200, R"("SGVs")", R"({"Content-Type": "text/csv"})"};
            if (url.find("/json/") != std::string::npos)
                return {200, R"({"a": 1})", R"({"Content-Type": "application/json"})"};
            if (url.find("/odd/") != std::string::npos)
                return {200, R"("no base64!")", octets};
            if (url.find("/short/") != std::string::npos)
                return {200, R"("")", octets};
            if (url.find("/url/") != std::string::npos)
                return {200, '"' + base64_url(png) + '"', octets};
            return {200, '"' + base64(png) + '"', octets};
        });
    });

    const auto contents = stage.go(stage.connector.fetch_attachments({{"M", "text", 4},
                                                                      {"M", "json", 4},
                                                                      {"M", "odd", 4},
                                                                      {"M", "short", 200'000},
                                                                      {"M", "url", 4},
                                                                      {"M", "plain", 4}},
                                                                     {1'000'000}));

    CHECK(singles ==
          std::set<std::string>{"text/$value", "json/$value", "odd/$value", "short/$value"});
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(contents[i].bytes == "SGVs");
    CHECK(contents[4].bytes == png);
    CHECK(contents[5].bytes == png);
}
