#include "unit/connector/graph_stage.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace crmsync;
using namespace crmsync::graph;
using namespace crmsync::test;

namespace {

std::string pattern(std::size_t size)
{
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<char>(i * 31 + i / 1000);
    return bytes;
}

AttachmentContent fetched(GraphStage& stage, std::int64_t told, ContentLimits limits)
{
    return stage.go(stage.connector.fetch_attachments({{"M", "1", told}}, limits)).at(0);
}

} // namespace

TEST_CASE("a long attachment goes into a file as it arrives, whatever size was told")
{
    const std::string bytes = pattern(3'000'000);
    GraphStage stage([&](const Received&) {
        Answer answer;
        answer.body = bytes;
        return answer;
    });
    for (const std::int64_t told : {3'000'300, 300'000, 0}) {
        INFO(told);
        const AttachmentContent content = fetched(stage, told, {5'000'000});
        CHECK_FALSE(content.bytes);
        REQUIRE(content.in_file);
        CHECK(content.in_file->file->size() == 3'000'000);
        CHECK(content.in_file->file->read(0, 4'000'000) == bytes);
        CHECK(content.in_file->sha256 == sha256(bytes));
    }
}

TEST_CASE("up to a megabyte stays in memory")
{
    const std::string bytes = pattern(long_content);
    GraphStage stage([&](const Received&) {
        Answer answer;
        answer.body = bytes;
        return answer;
    });
    CHECK(fetched(stage, long_content + 300, {5'000'000}).bytes == bytes);
}

TEST_CASE("a long attachment that goes on past the limit is given up where it passes it")
{
    GraphStage stage([](const Received&) {
        Answer answer;
        answer.body = pattern(3'000'000);
        return answer;
    });
    CHECK(fetched(stage, 1'500'000, {2'000'000}).reason == "size");
}

TEST_CASE("what was cut off is begun anew, and what is said of an error is no content")
{
    const std::string bytes = pattern(2'000'000);
    int asked = 0;
    GraphStage stage([&](const Received&) {
        Answer answer;
        if (++asked == 1) {
            answer.status = 503;
            answer.body = pattern(1'500'000);
            return answer;
        }
        answer.body = bytes;
        return answer;
    });
    const AttachmentContent content = fetched(stage, 2'000'300, {5'000'000});
    REQUIRE(content.in_file);
    CHECK(content.in_file->sha256 == sha256(bytes));
    CHECK(asked == 2);
}

TEST_CASE("where no file can be made a long attachment is asked for later")
{
    GraphStage stage([](const Received&) {
        Answer answer;
        answer.body = pattern(2'000'000);
        return answer;
    });
    const AttachmentContent content = fetched(stage, 2'000'300, {5'000'000, "/no/such/directory"});
    CHECK(content.reason == "unreadable");
    CHECK(content.transient);
    CHECK_FALSE(content.in_file);
}

TEST_CASE("an attachment that is gone, and one with a virus, say so")
{
    GraphStage stage([](const Received& r) {
        Answer answer;
        const bool gone = r.target.find("/gone/") != std::string::npos;
        answer.status = gone ? 404 : 400;
        answer.body = error_body(gone ? "ErrorItemNotFound" : "ErrorVirusDetected");
        return answer;
    });
    const auto contents = stage.go(stage.connector.fetch_attachments(
        {{"M", "gone", 300'000}, {"M", "virus", 300'000}}, {5'000'000}));
    CHECK(contents.at(0).reason == "purged");
    CHECK(contents.at(1).reason == "malware");
    CHECK_FALSE(contents.at(1).transient);
}
