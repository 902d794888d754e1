// Folders as they lie on disks: one file, shards, caches with links, and what is wrong with them.
#include "checkpoint/checkpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "checkpoint/panel_reader.hpp"
#include "support/safetensors_writer.hpp"
#include "support/temporary_folder.hpp"
#include "test_model.hpp"

namespace specsweep::checkpoint {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr const char* config_text = R"({"model_type": "llama", "hidden_size": 4, "intermediate_size": 6,
    "num_attention_heads": 2, "num_hidden_layers": 1, "vocab_size": 8, "tie_word_embeddings": true})";

/// Root may read everything: for the lifetime of this object it may not.
class AsNobody {
public:
    AsNobody() : user_(::geteuid())
    {
        constexpr uid_t nobody = 65534;
        if (user_ == 0 && ::seteuid(nobody) != 0)
            throw std::runtime_error("cannot change the user");
    }
    ~AsNobody()
    {
        if (::seteuid(user_) != 0)
            std::abort();
    }
    AsNobody(const AsNobody&) = delete;
    AsNobody& operator=(const AsNobody&) = delete;

private:
    uid_t user_;
};

class CheckpointTest : public ::testing::Test {
protected:
    void write_config(const fs::path& folder, std::string_view text = config_text) const
    {
        fs::create_directories(folder);
        write_text_file_atomically(folder / "config.json", text);
    }

    /// embed_tokens and the head with the given values, one MLP matrix.
    void write_shards(const fs::path& folder, float head = 1.0F) const
    {
        SafetensorsWriter first;
        SafetensorsWriter second;
        add(first, "model.embed_tokens.weight", 8, 4, 1.0F);
        add(first, "model.layers.0.mlp.up_proj.weight", 6, 4, 2.0F);
        add(second, "lm_head.weight", 8, 4, head);
        first.write(folder / "model-00001-of-00002.safetensors");
        second.write(folder / "model-00002-of-00002.safetensors");
        write_index(folder, {{"model.embed_tokens.weight", "model-00001-of-00002.safetensors"},
                             {"model.layers.0.mlp.up_proj.weight", "model-00001-of-00002.safetensors"},
                             {"lm_head.weight", "model-00002-of-00002.safetensors"}});
    }

    void write_index(const fs::path& folder, const Json& weight_map) const
    {
        write_text_file_atomically(folder / "model.safetensors.index.json", Json{{"weight_map", weight_map}}.dump());
    }

    static void add(SafetensorsWriter& writer, const std::string& name, std::int64_t rows, std::int64_t cols,
                    float value)
    {
        const std::vector<float> values(static_cast<std::size_t>(rows * cols), value);
        writer.add(name, DType::f32, {rows, cols}, std::span<const float>(values));
    }

    template <class Failure = InputError>
    void expect_refused(const fs::path& path, const std::string& why) const
    {
        try {
            Checkpoint::open(path);
            FAIL() << "opened";
        } catch (const Failure& error) {
            EXPECT_THAT(error.what(), HasSubstr(why));
        }
    }

    TemporaryFolder folder_;
};

TEST_F(CheckpointTest, OpensShardsAndListsTiedTensorsOnce)
{
    write_config(folder_.path());
    write_shards(folder_.path());
    const Checkpoint opened = Checkpoint::open(folder_.path());
    EXPECT_EQ(opened.path(), folder_.path());
    ASSERT_EQ(opened.inventory().matrices.size(), 2U);
    ASSERT_EQ(opened.inventory().aliases.size(), 1U);
    EXPECT_EQ(opened.inventory().aliases[0].name, "lm_head.weight");
    EXPECT_TRUE(opened.inventory().aliases[0].in_file);
    EXPECT_EQ(opened.tensor("lm_head.weight").file.filename(), "model-00002-of-00002.safetensors");
    try {
        opened.tensor("lm_head.weigth");
        FAIL();
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("did you mean 'lm_head.weight'?"));
    }
}

TEST_F(CheckpointTest, KeepsTensorsThatShouldBeTiedButDiffer)
{
    write_config(folder_.path());
    write_shards(folder_.path(), 3.0F);
    const Checkpoint opened = Checkpoint::open(folder_.path());
    EXPECT_EQ(opened.inventory().matrices.size(), 3U);
    EXPECT_TRUE(opened.inventory().aliases.empty());
    ASSERT_EQ(opened.inventory().warnings.size(), 1U);
    EXPECT_THAT(opened.inventory().warnings[0], HasSubstr("differ"));
}

TEST_F(CheckpointTest, ComparesTiedTensorsToTheLastByte)
{
    constexpr std::int64_t rows = 300'000;  // more than one chunk
    std::vector<float> values(rows * 4, 1.0F);
    const auto write = [&] {
        SafetensorsWriter writer;
        writer.add("model.embed_tokens.weight", DType::f32, {rows, 4},
                   std::span<const float>(std::vector<float>(rows * 4, 1.0F)));
        writer.add("lm_head.weight", DType::f32, {rows, 4}, std::span<const float>(values));
        writer.write(folder_ / "model.safetensors");
    };
    write_config(folder_.path(), R"({"model_type": "llama", "hidden_size": 4, "vocab_size": 300000})");
    write();
    EXPECT_EQ(Checkpoint::open(folder_.path()).inventory().aliases.size(), 1U);
    values.back() = 1.5F;
    write();
    EXPECT_EQ(Checkpoint::open(folder_.path()).inventory().aliases.size(), 0U);
}

TEST_F(CheckpointTest, OpensHuggingFaceCaches)
{
    const fs::path cache = folder_ / "models--someone--small";
    const fs::path snapshot = cache / "snapshots" / "0123abcd";
    const fs::path content = folder_ / "content";
    write_config(content);
    write_shards(content);
    fs::create_directories(snapshot);
    fs::create_directories(cache / "blobs");
    for (const fs::directory_entry& entry : fs::directory_iterator(content)) {
        const fs::path blob = cache / "blobs" / ("sha-" + entry.path().filename().string());
        fs::rename(entry.path(), blob);
        fs::create_symlink(fs::path("../../blobs") / blob.filename(), snapshot / entry.path().filename());
    }
    EXPECT_EQ(Checkpoint::open(snapshot).inventory().matrices.size(), 2U);
    EXPECT_EQ(Checkpoint::open(cache).path(), snapshot);
    fs::create_directory_symlink(snapshot, folder_ / "link");
    const Checkpoint linked = Checkpoint::open(folder_ / "link");
    EXPECT_EQ(linked.inventory().matrices.size(), 2U);
    const TensorLocation& tensor = linked.tensor("model.layers.0.mlp.up_proj.weight");
    std::vector<float> values(24);
    PanelReader(tensor, Slice::whole(6, 4)).read_rows(0, 6, values);
    EXPECT_EQ(values, std::vector<float>(24, 2.0F));

    fs::create_directories(cache / "snapshots" / "4567");
    expect_refused(cache, "2 snapshots");
    fs::create_directories(cache / "refs");
    write_text_file_atomically(cache / "refs" / "main", "0123abcd");
    EXPECT_EQ(Checkpoint::open(cache).path(), snapshot);
    write_text_file_atomically(cache / "refs" / "main", "../../content");
    expect_refused(cache, "names no snapshot");

    fs::remove(cache / "blobs" / "sha-model-00002-of-00002.safetensors");
    expect_refused(snapshot, "symbolic link to nothing");
}

TEST_F(CheckpointTest, RefusesWhatIsNoCheckpoint)
{
    expect_refused<IoError>(folder_ / "missing", "there is no checkpoint");
    expect_refused(folder_.path(), "no config.json");
    write_config(folder_.path());
    expect_refused(folder_.path(), "holds no model.safetensors");
    write_text_file_atomically(folder_ / "pytorch_model.bin", "x");
    expect_refused(folder_.path(), "convert it to safetensors");
    expect_refused(folder_ / "config.json", "no folder");
    for (const char* broken : {"", "{", "[]", "{\"model_type\": 7}",
                               "{\"model_type\": \"llama\", \"model_type\": \"gpt2\"}", "{\"model_type\": \"\xff\"}"}) {
        write_config(folder_.path(), broken);
        expect_refused(folder_.path(), "config.json");
    }
}

TEST_F(CheckpointTest, NamesTheCheckpointsBelowAFolderThatIsNone)
{
    fs::create_directories(folder_ / "step10");
    write_config(folder_ / "step10");
    expect_refused(folder_.path(), "it holds 1 checkpoint: give " + (folder_ / "step10").string());
    fs::create_directories(folder_ / "step2");
    write_config(folder_ / "step2");
    expect_refused(folder_.path(), "it holds 2 checkpoints: give " + (folder_ / "step2").string() + ", or ");
}

TEST_F(CheckpointTest, RefusesAMissingShard)
{
    write_config(folder_.path());
    write_shards(folder_.path());
    fs::remove(folder_ / "model-00002-of-00002.safetensors");
    expect_refused(folder_.path(), "model-00002-of-00002.safetensors is missing");
}

TEST_F(CheckpointTest, RefusesAnIndexThatNamesATensorThatIsNotThere)
{
    write_config(folder_.path());
    write_shards(folder_.path());
    write_index(folder_.path(), {{"model.embed_tokens.weight", "model-00001-of-00002.safetensors"},
                                 {"model.norm.weight", "model-00001-of-00002.safetensors"}});
    expect_refused(folder_.path(), "tensor model.norm.weight is not in");
    write_index(folder_.path(), {{"model.embed_tokens.weight", "model-00002-of-00002.safetensors"}});
    expect_refused(folder_.path(), "tensor model.embed_tokens.weight is not in");
}

TEST_F(CheckpointTest, RefusesAnIndexThatNamesAFileElsewhere)
{
    write_config(folder_ / "model");
    write_shards(folder_ / "model");
    fs::copy(folder_ / "model" / "model-00001-of-00002.safetensors", folder_ / "outside.safetensors");
    for (const std::string name : {"../outside.safetensors", "/etc/passwd", "./model-00001-of-00002.safetensors", "..",
                                   ".", "", "sub/x.safetensors", "a\\b"}) {
        write_index(folder_ / "model", {{"model.embed_tokens.weight", name}});
        expect_refused(folder_ / "model", "no plain name");
    }
    write_index(folder_ / "model", {{"model.embed_tokens.weight", std::string("model\0.safetensors", 18)}});
    expect_refused(folder_ / "model", "no plain name");
}

TEST_F(CheckpointTest, RefusesAnIndexThatIsNone)
{
    write_config(folder_.path());
    for (const char* broken : {"", "[]", "{}", "{\"weight_map\": 7}", "{\"weight_map\": {\"a\": 7}}",
                               "{\"weight_map\": {\"a\": \"b\", \"a\": \"c\"}}"}) {
        write_text_file_atomically(folder_ / "model.safetensors.index.json", broken);
        expect_refused(folder_.path(), "index.json");
    }
}

TEST_F(CheckpointTest, SkipsTensorsThatTheIndexDoesNotName)
{
    write_config(folder_.path());
    write_shards(folder_.path());
    write_index(folder_.path(), {{"model.embed_tokens.weight", "model-00001-of-00002.safetensors"},
                                 {"lm_head.weight", "model-00002-of-00002.safetensors"}});
    const Checkpoint opened = Checkpoint::open(folder_.path());
    ASSERT_EQ(opened.inventory().skipped.size(), 1U);
    EXPECT_EQ(opened.inventory().skipped[0].tensor, "model.layers.0.mlp.up_proj.weight");
    EXPECT_THAT(opened.inventory().skipped[0].reason, HasSubstr("index"));
}

TEST_F(CheckpointTest, RefusesATruncatedFileByName)
{
    write_config(folder_.path());
    SafetensorsWriter writer;
    add(writer, "model.embed_tokens.weight", 8, 4, 1.0F);
    writer.write(folder_ / "model.safetensors");
    fs::resize_file(folder_ / "model.safetensors", fs::file_size(folder_ / "model.safetensors") - 1);
    expect_refused(folder_.path(), "model.safetensors is not a valid safetensors file");
}

TEST_F(CheckpointTest, ReportsAnUnreadableFile)
{
    write_config(folder_.path());
    SafetensorsWriter writer;
    add(writer, "model.embed_tokens.weight", 8, 4, 1.0F);
    writer.write(folder_ / "model.safetensors");
    fs::permissions(folder_.path(), static_cast<fs::perms>(0755));
    fs::permissions(folder_ / "config.json", static_cast<fs::perms>(0444));
    fs::permissions(folder_ / "model.safetensors", fs::perms::none);
    {
        const AsNobody nobody;
        expect_refused<IoError>(folder_.path(), "cannot open");
    }
    fs::permissions(folder_.path(), static_cast<fs::perms>(0600));
    {
        const AsNobody nobody;
        expect_refused<IoError>(folder_.path(), "Permission denied");
    }
    fs::permissions(folder_.path(), fs::perms::owner_all);  // so that it can be removed
}

}  // namespace
}  // namespace specsweep::checkpoint
